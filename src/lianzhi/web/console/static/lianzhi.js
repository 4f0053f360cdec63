// Keyboard, veil and small manners of the console. No inline handlers: the page's policy forbids them.
"use strict";

(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]");

  // ---- veil: what was said stays blurred until asked for ----

  const veil = (on) => {
    document.body.classList.toggle("veiled", on);
    for (const quote of $$(".quote")) {
      quote.classList.remove("shown");
      quote.tabIndex = on ? 0 : -1;
    }
    for (const button of $$("[data-veil]")) {
      button.textContent = on ? button.dataset.off : button.dataset.on;
      button.setAttribute("aria-pressed", String(!on));
    }
  };
  if ($(".quote")) veil(true);

  // ---- lists: j and k move, the row's own link opens it ----

  const rows = () => $$("tr.row").filter((row) => $(".go", row));
  const move = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.contains(document.activeElement));
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + by));
    $(".go", all[next]).focus();
    all[next].scrollIntoView({ block: "nearest" });
  };

  let waitingForGo = 0;
  const keys = {
    j: () => move(1),
    k: () => move(-1),
    b: () => $(".quote") && veil(!document.body.classList.contains("veiled")),
    "/": () => $("#search")?.focus(),
    "?": () => $("#help")?.showModal(),
    g: () => { waitingForGo = Date.now(); },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if ($("dialog[open]")) return;
    if (Date.now() - waitingForGo < 1200) {
      waitingForGo = 0;
      const link = $(`[data-go="${CSS.escape(event.key)}"]`);
      if (link) {
        event.preventDefault();
        location.assign(link.href);
        return;
      }
    }
    if (Object.hasOwn(keys, event.key)) {
      event.preventDefault();
      keys[event.key]();
    } else if (event.key === "Enter" && event.target.matches(".veiled .quote")) {
      event.target.classList.add("shown");
    }
  });

  // ---- clicks ----

  document.addEventListener("click", (event) => {
    const target = event.target;
    const opener = target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open).showModal();
    if (target.closest("[data-veil]")) veil(!document.body.classList.contains("veiled"));
    target.closest(".veiled .quote")?.classList.add("shown");
    const menu = $(".rail details[open]");
    if (narrow.matches && menu && !menu.contains(target)) menu.open = false;
    if (target.matches("dialog")) target.close();
    if (target.closest("[data-shut]")) $("#told").replaceChildren();
    const asked = target.closest("[data-confirm]");
    if (asked && !asked.dataset.sure) {
      event.preventDefault();
      asked.dataset.sure = "yes";
      asked.textContent = asked.dataset.confirm;
    }
  });

  // ---- the rest of the menu is open beside the page, closed under it on a phone ----

  const narrow = matchMedia("(max-width: 720px)");
  const fold = () => { const more = $(".rail details"); if (more) more.open = !narrow.matches; };
  narrow.addEventListener("change", fold);
  fold();

  // ---- what was just done is said once: the address stays one that can be shared ----

  if ($("[data-done]")) {
    const here = new URL(location.href);
    here.searchParams.delete("done");
    history.replaceState(null, "", here);
  }

  // ---- parts that could not be had: the page says so once, until one comes again ----

  const tell = (what, show) => {
    const told = $("#told");
    if (told.hasChildNodes() && told.dataset.what === what) return false;
    told.dataset.what = what;
    show?.(told);
    return true;
  };
  const unreached = () => {
    tell("unreached", (told) => told.replaceChildren($("#unreached").content.cloneNode(true)));
  };
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const { status } = detail.xhr;
    if (status < 400) return;
    // Only our own notices name the place where they go; what a proxy answers stays out.
    if (detail.xhr.getResponseHeader("HX-Retarget")) detail.shouldSwap = tell(String(status));
    else unreached();
  });
  for (const lost of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(lost, unreached);
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.successful) $("#told").replaceChildren();
  });

  // ---- live part: still while nobody looks, spoken only when something happened ----

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id === "live" && (document.hidden || $("#live tr.row:focus-within"))) {
      event.preventDefault();
    }
  });
  document.addEventListener("htmx:afterSwap", () => {
    const said = $("#said");
    const now = $("#pulse-now")?.dataset.said;
    if (said && now !== undefined && said.textContent !== now) said.textContent = now;
  });
})();
