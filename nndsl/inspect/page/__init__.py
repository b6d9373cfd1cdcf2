"""All views of a model as one page of HTML that needs nothing else: source, formulas, derivatives and code side by side."""

from nndsl.inspect.page.build import page

__all__ = ["page"]
