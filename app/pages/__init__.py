"""Everything a person looks at: the playground itself, and the small forms it fetches."""

from fastapi import APIRouter

from app.pages.forms import router as forms
from app.pages.playground import router as playground

router = APIRouter(include_in_schema=False)
router.include_router(playground)
router.include_router(forms)
