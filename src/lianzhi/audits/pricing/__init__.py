"""Pricing 大数据杀熟: do some people pay more for the same thing at the same time and place?"""
