/* What the theme leaves unnamed for screen readers. */
document.querySelector(".md-search")?.setAttribute("aria-label", "Tìm kiếm");
