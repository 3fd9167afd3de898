/* Loaded before Streamlit's bundle, as a file of our own: the content security policy allows no script in the page.
   0. The size of type. 1. Polish for what follows the browser's language. 2. The way from a sign-in ticket to a cookie. 3. Keyboard and screen
   reader repairs that Streamlit offers no setting for. */
(() => {
  "use strict";

  // 0. The size of type: first of all, from the last visit, so that nothing is drawn small and then grows. The server
  // writes the size of the account into the page; the browser keeps it, also after the sign-out.
  const SIZE = "iok-text";
  const SIZES = ["125", "150"];
  let size = null;

  function setSize(chosen) {
    size = chosen;
    for (const one of SIZES) document.documentElement.classList.toggle(`iok-text-${one}`, one === chosen);
  }

  try {
    setSize(localStorage.getItem(SIZE));
  } catch { /* a browser that keeps nothing takes the size from each page */ }

  function followSize() {
    const chosen = document.querySelector("[data-iok-text]")?.dataset.iokText;
    if (!chosen || chosen === size) return;
    setSize(chosen);
    try {
      localStorage.setItem(SIZE, chosen);
    } catch { /* as above */ }
  }

  // 1. Dates, numbers and the calendar follow navigator.language; the services speak Polish to everybody.
  for (const [name, value] of [["language", "pl-PL"], ["languages", Object.freeze(["pl-PL", "pl"])]]) {
    Object.defineProperty(Navigator.prototype, name, { get: () => value, configurable: true });
  }
  window[Symbol.for("react-aria.i18n.locale")] = "pl-PL";

  // 1b. The service is at the root of its host: without this Streamlit asks below each page's own path first and waits for
  // two refusals. Nor may the page compile WebAssembly (the content security policy): a library that would like to, and
  // goes on without, finds that there is none instead of being refused.
  window.__streamlit = { BACKEND_BASE_URL: `${location.origin}/` };
  delete globalThis.WebAssembly;

  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => root.querySelectorAll(selector);

  // 2. The script on the server writes a task into the page; the ticket in it works once and for half a minute.
  const done = new Set();

  async function session(method, body) {
    const answer = await fetch("/sesja", {
      method,
      credentials: "same-origin",
      headers: { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(String(answer.status));
  }

  // The page that a task of ours loads is a change of page to the person: the focus goes to its heading (3a).
  const FOLLOW = "iok-follow-heading";

  const TASKS = {
    "open-session": async (task) => {
      await session("POST", { ticket: task.dataset.iokTicket });
      sessionStorage.setItem(FOLLOW, "");
      location.reload();
    },
    "close-session": async () => {
      await session("DELETE").catch(() => undefined); // the session has ended on the server already
      sessionStorage.setItem(FOLLOW, "");
      location.replace("/");
    },
    reload: async () => {
      await new Promise((resolve) => setTimeout(resolve, 2500));
      sessionStorage.setItem(FOLLOW, "");
      location.reload();
    },
  };

  function runTasks() {
    for (const task of all("[data-iok-task]")) {
      const name = task.dataset.iokTask;
      const once = name + "/" + task.dataset.iokTicket;
      if (done.has(once) || !Object.hasOwn(TASKS, name)) continue;
      done.add(once);
      TASKS[name](task).catch(() => {
        task.setAttribute("role", "alert");
        task.textContent = "Nie udało się dokończyć logowania. Odśwież stronę i spróbuj ponownie.";
      });
    }
  }

  // 3a. A change of page is silent in a single-page application: take the focus to the new page's heading.
  let heading = null;
  let comeTo = null;
  const arrived = sessionStorage.getItem(FOLLOW) !== null;
  sessionStorage.removeItem(FOLLOW);

  function followHeading() {
    const h1 = one('[data-testid="stMain"] h1');
    const text = h1 && h1.textContent.trim();
    if (!text || text === heading) return;
    const first = heading === null && !arrived;
    heading = text;
    if (first) return; // on the first page the skip link comes first
    if (isPhone()) closeSidebar(false);
    h1.setAttribute("tabindex", "-1");
    comeTo = h1;
  }

  // Under the menu of a phone nothing takes the focus: it comes once the menu is out of the way.
  function arrive() {
    if (!comeTo || comeTo.closest("[inert]")) return;
    comeTo.focus();
    comeTo = null;
  }

  // 3a (b). What came of a form stands above it, often off screen, and the button that sent it may be gone: show the
  // message, and give it the focus that would otherwise fall to the page's body.
  const told = new Set();

  function followMessages() {
    for (const message of all('[data-testid="stMain"] [data-nonce]')) {
      if (told.has(message.dataset.nonce)) continue;
      told.add(message.dataset.nonce);
      const { top, bottom } = message.getBoundingClientRect();
      const seen = top >= 0 && bottom <= innerHeight;
      if (seen && document.activeElement && document.activeElement !== document.body) continue;
      message.setAttribute("tabindex", "-1");
      message.focus({ preventScroll: true });
      message.scrollIntoView({ block: "center" });
    }
  }

  // 3a (c). What was pressed may be gone with what it did. Once the page is drawn the focus goes to what stands in its
  // place, or else to the page's heading; the window stays where it is for who uses a mouse.
  let last = null;
  let byKeyboard = false;

  addEventListener("focusin", (event) => { last = event.target; });
  addEventListener("keydown", () => { byKeyboard = true; }, true);
  addEventListener("pointerdown", () => { byKeyboard = false; }, true);

  const isThere = (element) => element.isConnected && element.checkVisibility();

  function inItsPlace(gone) {
    const key = [...(gone.closest('[class*="st-key-"]')?.classList ?? [])].find((name) => name.startsWith("st-key-"));
    const again = key && one(`.${CSS.escape(key)} :is(button, input, textarea, summary):not([disabled])`);
    return [again, one("summary", gone.closest("details") ?? gone)].find((found) => found && isThere(found));
  }

  function followLoss() {
    const lost = last && !isThere(last) && document.activeElement === document.body;
    if (!lost || !one('[data-testid="stApp"][data-test-script-state="notRunning"]')) return;
    const target = inItsPlace(last) ?? one('[data-testid="stMain"] h1');
    if (!target) return;
    if (target.matches("h1")) target.setAttribute("tabindex", "-1");
    target.focus({ preventScroll: !byKeyboard });
  }

  // 3a (d). A printed page says under its heading of which day it is (print.css).
  const DAY = new Intl.DateTimeFormat("pl-PL", { day: "2-digit", month: "2-digit", year: "numeric" });

  addEventListener("beforeprint", () => {
    for (const h1 of all('[data-testid="stMain"] h1')) h1.dataset.iokPrinted = `Wydruk z ${DAY.format(new Date())}`;
  });

  // The pages of a letter come as they are scrolled to. After those in sight the others follow one by one: paper has
  // all of them, and a browser that prints does not wait.
  document.addEventListener("load", (event) => {
    if (!event.target.matches?.(".kit-pages img")) return;
    const next = [...all('.kit-pages img[loading="lazy"]')].find((picture) => !picture.complete);
    if (next) next.loading = "eager";
  }, true);

  // 3b. On phones and at 400 % zoom the collapsed sidebar stays in the tab order, opening it loses the focus, and
  // neither Esc nor a chosen link closes it.
  const isPhone = () => innerWidth < 768;
  const sidebar = () => one('[data-testid="stSidebar"]');
  const isCollapsed = (bar) => bar.getAttribute("aria-expanded") === "false" || bar.dataset.collapsed === "true";
  const collapseButton = (bar) => one('[data-testid="stSidebarCollapseButton"] button', bar);
  const UNDER = '[data-testid="stMain"], [data-testid="stHeader"], [data-testid="stSkipToContent"]';
  let wasCollapsed = null;
  let keepFocus = false;

  function closeSidebar(returnFocus) {
    const bar = sidebar();
    const button = bar && !isCollapsed(bar) && collapseButton(bar);
    if (!button) return;
    keepFocus = !returnFocus;
    button.click();
  }

  function followSidebar() {
    const bar = sidebar();
    if (!bar) return;
    const collapsed = isCollapsed(bar);
    bar.inert = collapsed;
    // Open on a phone it lies over the page, whose controls would take the focus unseen.
    for (const under of all(UNDER)) under.inert = !collapsed && isPhone();
    if (collapsed === wasCollapsed) return;
    const first = wasCollapsed === null;
    wasCollapsed = collapsed;
    if (first || keepFocus) {
      keepFocus = false;
      return;
    }
    const target = collapsed ? () => one('[data-testid="stExpandSidebarButton"]') : () => collapseButton(bar);
    setTimeout(() => target()?.focus(), 60);
  }

  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isPhone()) closeSidebar(true);
  });
  addEventListener("pointerdown", (event) => {
    // What is inert is not hit: a tap beside the menu comes to what holds both.
    if (isPhone() && event.target.contains?.(one('[data-testid="stMain"]'))) closeSidebar(true);
  });
  addEventListener("resize", followSidebar); // a phone is turned, or the page is made larger

  // 3c. Attributes Streamlit does not let us set.
  const REPAIRS = [
    ['[data-testid="stFileUploaderDropzone"]', (zone) => {
      const label = zone.getAttribute("aria-label");
      const button = one("button", zone);
      zone.setAttribute("role", "group");
      zone.removeAttribute("tabindex");
      if (button && label && !button.hasAttribute("aria-label")) button.setAttribute("aria-label", "Wybierz plik: " + label);
      one('input[type="file"]', zone)?.setAttribute("aria-hidden", "true");
    }],
    ['input[aria-label*="(zł)"], input[aria-label*="(m³)"]', (field) => field.setAttribute("inputmode", "decimal")],
    ['[data-testid="stVegaLiteChart"][role="graphics-document"]', (chart) => {
      chart.setAttribute("role", "img");
      chart.removeAttribute("aria-roledescription");
      one("svg", chart)?.setAttribute("aria-hidden", "true");
    }],
  ];

  function repair() {
    for (const [selector, mend] of REPAIRS) {
      for (const element of all(selector)) {
        if (element.dataset.iokMended === selector) continue;
        element.dataset.iokMended = selector;
        mend(element);
      }
    }
  }

  // 3d. A text field with suggestions: the list stands beside it and names it by its label.
  function joinSuggestions() {
    for (const list of all("datalist[data-iok-suggests]")) {
      const field = one(`input[aria-label="${CSS.escape(list.dataset.iokSuggests)}"]`);
      if (field && field.getAttribute("list") !== list.id) field.setAttribute("list", list.id);
    }
  }

  // 3e. The dial under the field of a meter's state: its digits, and what ran through since the last state. The server
  // judges; this only shows what was typed.
  const NUMBER = new Intl.NumberFormat("pl-PL", { minimumFractionDigits: 3, maximumFractionDigits: 3 });
  const AMOUNT = new Intl.NumberFormat("pl-PL", { style: "currency", currency: "PLN" });

  function typedState(text, digits, decimals) {
    const found = /^0*(\d*)(?:[.,](\d*))?$/.exec(text.replace(/[\s\u00a0]/g, "").replace(/m[3³]$/i, ""));
    if (!text.trim() || !found || found[1].length > digits || (found[2] ?? "").length > decimals) return null;
    return [found[1].padStart(digits, "0"), (found[2] ?? "").padEnd(decimals, "0")];
  }

  function fillDial(dial, text) {
    const { digits, decimals, last, day, rate } = dial.dataset;
    const shown = typedState(text, +digits, +decimals);
    const signs = shown ? shown.join("") : "–".repeat(+digits + +decimals);
    all(".kit-digit", dial).forEach((cell, at) => { cell.textContent = signs[at]; });
    const told = one('[role="status"]', dial);
    dial.dataset.hint ??= told.textContent;
    const used = shown ? +shown.join(".") - +last : NaN;
    if (!(used >= 0)) {
      told.textContent = dial.dataset.hint;
      return;
    }
    const days = Math.max(1, Math.round((Date.now() - Date.parse(day)) / 86400000));
    const cost = rate ? `, około ${AMOUNT.format(used * rate)} za wodę` : "";
    told.textContent =
      `Zużycie od ostatniego stanu: ${NUMBER.format(used)} m³ (${NUMBER.format(used / days)} m³ na dobę)${cost}.`;
  }

  function followDials() {
    for (const dial of all("[data-iok-dial]")) {
      const field = one(`input[aria-label="${CSS.escape(dial.dataset.iokDial)}"]`);
      if (!field || dial.dataset.shown === field.value) continue;
      dial.dataset.shown = field.value;
      field.setAttribute("inputmode", "decimal");
      fillDial(dial, field.value);
    }
  }

  addEventListener("input", followDials);

  // 3f. A button that copies the value beside it, and says that it did.
  addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-iok-copy]");
    if (!button) return;
    const told = one('[role="status"]', button.parentElement);
    told.textContent = "";
    try {
      await navigator.clipboard.writeText(button.dataset.iokCopy);
      told.textContent = "Skopiowano.";
    } catch {
      getSelection().selectAllChildren(one(".kit-copied", button.parentElement));
      told.textContent = "Zaznaczono. Skopiuj z menu albo klawiszami Ctrl+C.";
    }
  });

  // 4. The rules of a new password are ticked off while it is typed; the server checks them all again.
  const RULES = {
    length: (typed, box) => [...typed].length >= +box.dataset.shortest && [...typed].length <= +box.dataset.longest,
    lower: (typed) => /\p{Ll}/u.test(typed),
    upper: (typed) => /\p{Lu}/u.test(typed),
    digit: (typed) => /[0-9]/.test(typed),
  };

  addEventListener("input", (event) => {
    const label = event.target.getAttribute?.("aria-label");
    const box = label && one(`[data-iok-rules="${CSS.escape(label)}"]`);
    if (!box) return;
    for (const item of all("[data-rule]", box)) {
      const met = RULES[item.dataset.rule](event.target.value, box);
      item.classList.toggle("kit-met", met);
      item.setAttribute("aria-label", item.textContent + (met ? ": spełnione" : ": jeszcze nie"));
    }
  });

  let waiting = false;

  function look() {
    waiting = false;
    followSize();
    runTasks();
    repair();
    joinSuggestions();
    followDials();
    followSidebar();
    followHeading();
    arrive();
    followMessages();
    followLoss();
  }

  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    setTimeout(look, 40);
  }).observe(document.documentElement, {
    childList: true,
    subtree: true,
    characterData: true,
    attributes: true,
    attributeFilter: ["aria-expanded", "data-collapsed", "data-test-script-state", "data-iok-task", "data-iok-ticket"],
  });
})();
