"""Says in words what a browser calls itself. It decides nothing: whoever writes the header may write what they like."""

_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("coc_coc", "Cốc Cốc"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device_words(said: str) -> str:
    """Give a browser and its system; empty where neither is known."""
    browser = next((name for sign, name in _BROWSERS if sign in said), "Safari" if "Safari/" in said else "")
    system = next((name for sign, name in _SYSTEMS if sign in said), "")
    return ", ".join(each for each in (browser, system) if each)
