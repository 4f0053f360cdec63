"""Pages for a platform's users, who do not sign in: report, appeal, and read what came of it."""

from fastapi import APIRouter

from lianzhi.web.public import appeal, receipt, report

router = APIRouter(include_in_schema=False)
for module in (report, appeal, receipt):
    router.include_router(module.router)
