"""Pages for a platform's users, without sign-in: report, appeal, and read the outcome."""

from fastapi import APIRouter

from lianzhi.web.public import appeal, receipt, report

router = APIRouter(include_in_schema=False)
for module in (report, appeal, receipt):
    router.include_router(module.router)
