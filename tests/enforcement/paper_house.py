"""A bureau that says on its papers who it is, and a party of which the register knows all."""

from enforcement_house import Bureau

AGENCY = """
name = { zh = "澄江市综合行政执法局", en = "Chengjiang Bureau of Integrated Enforcement" }
short = "澄综执"
head = "陈立"
address = { zh = "澄江市人民路1号", en = "1 Renmin Road, Chengjiang" }
contact = "李明，0510-88880001"
pay_to = { zh = "到任一网点缴款。", en = "At any branch." }
review_to = { zh = "澄江市人民政府", en = "People's Government of Chengjiang" }
court = { zh = "澄江市人民法院", en = "People's Court of Chengjiang" }
perform = { zh = "自收到之日起履行。", en = "From receipt on." }
defence_basis = { zh = "本机关规定", en = "rules of this authority" }
supervision_basis = { zh = "监督办法第二十条", en = "Rules of supervision, Art. 20" }
[reply_within]
length = 30
unit = "calendar_days"
basis = { zh = "监督办法第二十条", en = "Rules of supervision, Art. 20" }
[reviewers]
fa = "A20183202810000"
"""


class PaperBureau(Bureau):
    """See module."""

    def __init__(self, home, ledger=None):
        super().__init__(home, ledger)
        (home / "enforcement").mkdir(exist_ok=True)
        (home / "enforcement" / "agency.toml").write_text(AGENCY, "utf-8")
        self.desk.registers.enterprises(
            [{"id": "E0001", "name": "江月餐馆", "name_en": "Riverside Restaurant",
              "industry": "restaurant", "grid": "G01", "code": "91320281MA00000001",
              "address": "滨江路18号", "head": "王青禾"}], "test",
        )  # fmt: skip
