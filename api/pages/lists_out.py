"""The same files for pages, at addresses without /api: 附件3, 附件4, push lists, feedback lists, monthly summaries."""

from api.rest.lists_out import router

__all__ = ["router"]
