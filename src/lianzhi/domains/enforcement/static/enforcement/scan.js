// Scan-in: a scanned code stands behind `#`, which no server is told. It is checked at once, fills in
// the form, and goes on with what was begun with it on this phone.
"use strict";

(() => {
  const told = document.querySelector("[data-scan]");
  const form = document.querySelector("form[action$='/visit/begin']");
  if (!told || !form) return;
  const words = JSON.parse(told.dataset.words);
  const { code, enterprise, csrf } = form.elements;
  // What was scanned is told on top; what is typed, in place, so that nothing moves under a finger.
  const says = document.querySelector("[data-code-says]");
  const tell = (place, text, bad, reasons = []) => {
    place.hidden = false;
    place.classList.toggle("bad", Boolean(bad));
    place.textContent = [text, ...reasons].join(" ");
  };

  const check = async (given, place) => {
    if (place !== says) tell(place, words.checking);
    const headers = { Accept: "application/json", "X-CSRF-Token": csrf.value };
    const body = new URLSearchParams({ code: given });
    let answer;
    try {
      answer = await fetch("/enforcement/visit/scan", { method: "POST", headers, body });
    } catch {
      return tell(place, words.offline);
    }
    const said = await answer.json().catch(() => ({ detail: answer.status }));
    if (!answer.ok) return tell(place, words.refused, true, said.said ?? [said.detail]);
    if (code) code.value = given;
    enterprise.value = said.enterprise;
    const name = document.documentElement.lang === "en" ? said.name_en || said.name : said.name;
    return tell(place, words.good.replace("{who}", [name, said.enterprise].filter(Boolean).join(" ")));
  };

  const arrive = () => {
    const behind = location.hash || sessionStorage.getItem("lianzhi.behind") || "";
    const given = new URLSearchParams(behind.slice(1)).get("code");
    sessionStorage.removeItem("lianzhi.behind");
    if (!given) return;
    history.replaceState(null, "", location.pathname + location.search);
    const begun = window.visitDrafts().find((one) => !one.held && one.fields.some(([key, value]) => key === "code" && value === given));
    if (begun) location.assign(`${begun.page}#${begun.id}`);
    else check(given, told.firstElementChild);
  };

  code?.addEventListener("change", () => { if (code.value.trim()) check(code.value.trim(), says); });
  addEventListener("hashchange", arrive);
  arrive();
})();
