"""Everything a person looks at: the playground itself, and the small forms it fetches."""

from fastapi import APIRouter

from app.pages import forms, playground

router = APIRouter(include_in_schema=False)
router.include_router(playground.router)
router.include_router(forms.router)
