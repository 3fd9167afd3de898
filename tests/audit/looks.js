// What the audit asks of a page, put into it before anything else runs. Each function returns data, never a judgement
// that Python could make better.
window.audit = (() => {
  "use strict";

  const MAIN = "[data-testid=stMain]";
  // While a dialog is open there is nothing else.
  const stage = () => document.querySelector("[data-testid=stDialog]") ?? document;
  const visible = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest("[inert], [aria-hidden=true]");
  const words = (one) => (one.getAttribute("aria-label") || one.innerText || one.value || "").trim().replaceAll("\n", " ");
  const short = (one) => `${one.tagName.toLowerCase()} “${words(one).slice(0, 60)}”`;

  // --- English -------------------------------------------------------------------------------------------------------
  const SPOKEN = ["aria-label", "aria-valuetext", "aria-roledescription", "aria-description", "placeholder", "title", "alt"];
  const SILENT = "script, style, noscript, svg, [data-testid=stIconMaterial], [translate=no], code";

  function said() {
    const found = new Set();
    for (const one of document.querySelectorAll("body, body *")) {
      if (one.closest(SILENT)) continue;
      for (const name of SPOKEN) if (one.getAttribute(name)) found.add(`${name}: ${one.getAttribute(name)}`);
      for (const node of one.childNodes) if (node.nodeType === 3 && node.data.trim()) found.add(`text: ${node.data.trim()}`);
    }
    return [...found];
  }

  // --- Icons: one that its typeface lacks shows as its name -----------------------------------------------------------
  const icons = () =>
    [...document.querySelectorAll("[data-testid=stIconMaterial]")]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width > 1.6 * parseFloat(getComputedStyle(one).fontSize))
      .map((one) => one.textContent);

  // --- Headings ------------------------------------------------------------------------------------------------------
  const headings = () =>
    [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
      .filter(visible)
      .map((one) => [Number(one.tagName[1]), one.innerText.trim()]);

  // --- Room: what sticks out on the right, is cut off, or scrolls where the keyboard does not come --------------------
  const TEXT = "p, span, h1, h2, h3, button, label, td, th, dd, dt, li, a, b, summary";
  const scrolls = (flow) => flow === "auto" || flow === "scroll";

  function isHeld(one, main) {
    for (let around = one.parentElement; around && around !== main; around = around.parentElement)
      if (getComputedStyle(around).overflowX !== "visible") return true;
    return false;
  }

  function beside() {
    const main = document.querySelector(MAIN) ?? document.body;
    const faults = new Set();
    const over = Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - innerWidth);
    if (over > 0) faults.add(`${over} px beside the page`);
    for (const one of main.querySelectorAll("*")) {
      const box = one.getBoundingClientRect();
      if (!box.width || !box.height || one.closest("svg") || !visible(one)) continue;
      const flow = getComputedStyle(one).overflowX;
      const more = one.scrollWidth - one.clientWidth;
      if (box.right > innerWidth + 1 && !isHeld(one, main))
        faults.add(`${short(one)} ends ${Math.round(box.right - innerWidth)} px too far right`);
      if (one.matches(TEXT) && flow !== "visible" && !scrolls(flow) && more > 2 && one.clientWidth > 1)
        faults.add(`${short(one)} is cut off by ${more} px`);
      if (scrolls(flow) && more > 1 && one.tabIndex < 0 && !one.matches("textarea, input") && !one.querySelector("a, button"))
        faults.add(`${short(one)} scrolls and cannot be reached by the keyboard`);
    }
    return [...faults].slice(0, 12);
  }

  // --- Edges of fields: without one a field cannot be told from the page ----------------------------------------------
  const FIELDS = ["stTextInputRootElement", "stNumberInputContainer", "stTextAreaRootElement", "stDateInputField"]
    .map((name) => `[data-testid=${name}]`).concat("[data-testid=stSelectbox] [role=group]", "[data-testid=stMultiSelect] [role=group]")
    .join(", ");

  const shares = (colour) => (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map((one) => one / 255);
  const linear = (share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
  const light = (colour) => shares(colour).map(linear).reduce((sum, share, at) => sum + share * [0.2126, 0.7152, 0.0722][at], 0);

  function edges() {
    const paper = light("rgb(255, 255, 255)");
    return [...document.querySelectorAll(FIELDS)].filter(visible).flatMap((one) => {
      const own = getComputedStyle(one);
      const contrast = (paper + 0.05) / (light(own.borderTopColor) + 0.05);
      return parseFloat(own.borderTopWidth) > 0 && contrast >= 3 ? [] : [`${one.dataset.testid ?? "list"}: ${contrast.toFixed(2)}`];
    });
  }

  // --- Forced colours ------------------------------------------------------------------------------------------------
  const FRAMED = ["stButton", "stFormSubmitButton", "stDownloadButton"].map((name) => `[data-testid=${name}] button`)
    .concat(".kit-download", ".kit-note", ".kit-badge", ".kit-card", ".kit-errors").join(", ");

  function forced() {
    const faults = new Set();
    for (const one of document.querySelectorAll("body *"))
      if (getComputedStyle(one).forcedColorAdjust === "none" && !one.closest("svg, img, canvas"))
        faults.add(`${short(one)} keeps its colours`);
    for (const one of document.querySelectorAll(FRAMED)) {
      const own = getComputedStyle(one);
      const edge = parseFloat(own.borderTopWidth) > 0 && own.borderTopStyle !== "none";
      const line = getComputedStyle(one.querySelector("p") ?? one).textDecorationLine;
      if (visible(one) && !edge && !line.includes("underline")) faults.add(`${short(one)} has no edge`);
    }
    return [...faults].slice(0, 12);
  }

  // --- The keyboard's way --------------------------------------------------------------------------------------------
  const CONTROLS = "a[href], button, input, select, textarea, summary, [role=button], [role=link], [role=checkbox], "
    + "[role=radio], [role=combobox], [role=switch], [role=tab], [role=spinbutton], [role=slider]";
  const GROUPS = "[role=radiogroup], [role=tablist], [role=grid], [role=listbox], [role=menu]";
  // Parts that the keyboard works otherwise: a list opens with the arrows, a calendar is typed into, Delete empties.
  const PARTS = ["stSelectbox", "stMultiSelect", "stDateInput", "stNumberInput"].map((name) => `[data-testid=${name}]`).join(", ");
  // react-aria's button that closes a dialog, for screen readers without a keyboard: Esc does the same.
  const isForReadersOnly = (one) => one.tabIndex < 0 && one.parentElement.getBoundingClientRect().width <= 1;
  let left = new Set();
  let seen = new Set();
  let top = null;

  function start() {
    seen = new Set();
    left = new Set([...stage().querySelectorAll(CONTROLS)].filter((one) => {
      const box = one.getBoundingClientRect();
      return visible(one) && box.width > 0 && box.height > 0 && !one.disabled && !["file", "hidden"].includes(one.type)
        && !(one.tabIndex < 0 && one.closest(PARTS)) && !isForReadersOnly(one);
    }));
    // The next Tab starts at the top of the document and not where somebody has been before.
    top = document.createElement("span");
    top.tabIndex = -1;
    document.body.prepend(top);
    top.focus();
  }

  function arrive(one) {
    left.delete(one);
    const group = one.closest(GROUPS); // one of a group stands for all: arrows lead to the others
    for (const other of [...left])
      if (group?.contains(other) || (one.type === "radio" && other.type === "radio" && other.name === one.name))
        left.delete(other);
  }

  function whyHidden(one) {
    const box = one.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) return "takes no room";
    if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) return "is outside the window";
    const x = Math.min(innerWidth - 1, Math.max(0, box.x + box.width / 2));
    const y = Math.min(innerHeight - 1, Math.max(0, (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2));
    const at = document.elementFromPoint(x, y);
    return at && !one.contains(at) && !at.contains(one) ? `is under ${at.tagName} ${at.className}`.slice(0, 120) : "";
  }

  // What a person takes for the control.
  function frameOf(one) {
    if (["radio", "checkbox"].includes(one.type)) return one.closest("label") ?? one;
    return (one.getAttribute("role") === "combobox" && one.closest("[role=group]")) || one;
  }

  function here() {
    const one = document.activeElement;
    if (!one || one === document.body || one === document.documentElement) return null;
    if (stage() !== document && seen.has(one)) return null; // in a dialog the way is a circle
    seen.add(one);
    arrive(one);
    const shown = frameOf(one);
    const { x, y, width, height } = shown.getBoundingClientRect();
    const block = one.closest("[data-testid]")?.dataset.testid ?? one.className;
    const type = one.getAttribute("type");
    const kind = `${one.tagName.toLowerCase()}${type ? `[${type}]` : ""} in ${block}`;
    return { kind, words: words(one).slice(0, 60), box: [x, y, width, height], hidden: whyHidden(shown) };
  }

  function leftOut() {
    top.remove();
    return [...left].filter((one) => one.isConnected && visible(one)).map(short);
  }

  // The focus stays in a dialog; there its ring is taken off and not the focus.
  function hideFocus() {
    const one = document.activeElement;
    if (stage() === document) one.blur();
    else one.style.setProperty("outline", "none", "important");
    return one;
  }

  function showFocus(one) {
    one.style.removeProperty("outline");
    one.focus({ focusVisible: true, preventScroll: true });
  }

  // An open list, a dialog, the menu of a phone: the page under it, with its h1, is out of the way.
  const isCovered = () => stage() !== document || document.querySelector("[role=listbox]") !== null
    || document.querySelector(MAIN)?.inert === true;

  return { isCovered, hideFocus, showFocus, icons, edges, said, headings, beside, forced, start, here, leftOut };
})();
