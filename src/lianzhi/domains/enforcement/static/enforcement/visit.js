// Visits on a phone. What is marked is kept on the phone at every change and sent when it can be; it
// goes from the phone only when the server has acknowledged it, which takes each draft once. Photos
// lie beside the draft (photos.js) and are sent after it, one by one.
"use strict";

(() => {
  const root = document.querySelector("[data-visit]");
  if (!root) return;
  const words = JSON.parse(root.dataset.words);
  const photos = window.visitPhotos;
  const fill = (text, given) => text.replace(/\{(\w+)\}/g, (all, name) => given[name] ?? all);

  // ---- drafts: one item of localStorage each, of one user ----

  const ROOM = `lianzhi.visit:${encodeURIComponent(root.dataset.user)}:`;
  const read = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
  const keep = (draft) => localStorage.setItem(ROOM + draft.id, JSON.stringify(draft));
  const drop = (draft) => {
    localStorage.removeItem(ROOM + draft.id);
    photos.forget(draft.id).catch(() => {});
  };
  const find = (id) => read(ROOM + id);
  const drafts = () => Object.keys(localStorage).filter((key) => key.startsWith(ROOM)).map(read)
    .filter(Boolean).sort((a, b) => b.begun - a.begun);
  window.visitDrafts = drafts;
  const about = (draft, name) => (draft.fields.find(([key]) => key === name) ?? ["", ""])[1];

  // ---- sending: acknowledged, refused, or kept for the next time ----

  const JSON_ONLY = { Accept: "application/json" };
  const passing = (answer) => answer.status >= 500 || [401, 408, 429].includes(answer.status);
  const reasons = async (answer) => {
    const problem = await answer.json();
    return [problem.detail, ...(problem.said ?? [])];
  };
  // Photos of a visit that is on the record; what is refused stays, and the others go on.
  const sendPhotos = async (draft, csrf) => {
    const refused = [];
    for (const one of await photos.of(draft.id)) {
      const body = new FormData();
      body.append("draft", draft.id);
      body.append("photo", one.id);
      body.append("file", new Blob([one.bytes]), "photo.jpg");
      const answer = await fetch("/enforcement/visit/photo", {
        method: "POST", headers: { ...JSON_ONLY, "X-CSRF-Token": csrf }, body,
      });
      if (answer.ok) await photos.drop(one.id);
      else if (passing(answer)) return "kept";
      else refused.push(...(await reasons(answer)));
    }
    keep({ ...draft, refused: refused.length ? refused : undefined });
    return refused.length ? "refused" : "sent";
  };
  const send = async (draft) => {
    try {
      const asked = await fetch("/enforcement/visit/me", { headers: JSON_ONLY, cache: "no-store" });
      if (asked.status >= 500 || asked.status === 429) return { how: "kept" };
      if (asked.redirected || !asked.ok) return { how: "signed_out" };
      const me = await asked.json();
      if (me.user !== draft.user) return { how: "other" };
      const answer = await fetch("/enforcement/visit", {
        method: "POST",
        headers: { ...JSON_ONLY, "X-CSRF-Token": me.csrf },
        body: new URLSearchParams(draft.fields.filter(([, value]) => value !== "")),
      });
      if (answer.ok) {
        const sent = await answer.json();
        const held = { ...draft, held: sent.inspection };
        if (sent.inspection) keep(held);
        const how = sent.inspection ? await sendPhotos(held, me.csrf) : "sent";
        if (how === "sent") drop(draft);
        return { how, ...sent };
      }
      if (passing(answer)) return { how: "kept" };
      keep({ ...draft, ready: false, refused: await reasons(answer) });
      return { how: "refused" };
    } catch {
      return { how: "kept" };
    }
  };

  // ---- on the first page: what is kept here ----

  const list = root.querySelector("[data-drafts]");
  const row = (draft) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `${draft.page}#${draft.id}`;
    link.textContent = `${about(draft, "enterprise")} · ${about(draft, "day")}`;
    const badge = document.createElement("span");
    badge.className = draft.refused ? "tag minor" : "tag";
    badge.textContent = draft.refused ? words.refused : draft.held ? words.waiting : draft.ready ? words.kept : words.open;
    const taken = document.createElement("span");
    taken.className = "small quiet";
    const count = (n) => { taken.textContent = n ? ` ${fill(words.photos, { n })}` : ""; };
    if (draft.held) photos.of(draft.id).then((left) => count(left.length)).catch(() => {});
    else count(draft.fields.filter(([key]) => key.startsWith("photo.")).length);
    const away = document.createElement("button");
    away.type = "button";
    away.className = "link small";
    away.textContent = words.drop;
    away.addEventListener("click", () => {
      if (away.dataset.sure) { drop(draft); show(); }
      away.dataset.sure = "yes";
      away.textContent = words.sure;
    });
    item.append(link, " ", badge, taken, " ", away);
    for (const reason of draft.refused ?? []) {
      const told = document.createElement("p");
      told.className = "small";
      told.textContent = reason;
      item.append(told);
    }
    return item;
  };
  const show = () => {
    const all = drafts();
    root.hidden = !all.length && !list.dataset.sent;
    list.replaceChildren(...all.map(row));
    if (list.dataset.sent) {
      const told = document.createElement("li");
      told.setAttribute("role", "status");
      told.textContent = list.dataset.sent;
      list.append(told);
    }
  };

  // ---- on the walk: the form is the draft ----

  const form = root.querySelector("[data-walk]");
  const state = root.querySelector("[data-state]");
  let now = null;
  let busy = false;

  const tell = (text, bad, reasons = []) => {
    state.hidden = !text;
    state.classList.toggle("bad", Boolean(bad));
    state.textContent = [text, ...reasons].join(" ");
    if (bad) scrollTo(0, 0);
  };
  const begin = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    const id = given.get("draft") ?? location.hash.slice(1);
    if (given.get("draft") && !find(id)) {
      const page = location.pathname + location.search;
      keep({ id, user: root.dataset.user, begun: Date.now(), page, ready: false, fields: [...given] });
    }
    if (given.get("draft")) history.replaceState(null, "", `${location.pathname}${location.search}#${id}`);
    return id ? find(id) : null;
  };
  const hide = () => {
    form.hidden = true;
    photos.of(now.id).then((left) => {
      tell(fill(words.photo_wait, { n: left.length }), now.refused, now.refused);
      const link = document.createElement("a");
      link.href = `/enforcement/inspections/${now.held}`;
      link.textContent = `${about(now, "enterprise")} · ${about(now, "day")}`;
      state.append(" ", link);
    });
  };

  // Photos: the bytes lie in photos.js, what stands in the draft are hidden fields of the form.
  const most = (line) => line.querySelectorAll("[data-shots] li").length >= Number(root.dataset.mostOfLine)
    || form.querySelectorAll("[data-shots] li").length >= Number(root.dataset.mostPhotos);
  const shot = (line, value) => {
    const item = document.createElement("li");
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: `photo.${line.dataset.line}`, value });
    const away = document.createElement("button");
    Object.assign(away, { type: "button", textContent: "×" });
    away.setAttribute("aria-label", words.photo_drop);
    away.addEventListener("click", async () => {
      item.remove();
      saved({ ready: false, refused: undefined });
      await photos.drop(field.value.split(":")[0]);
    });
    item.append(field, away);
    line.querySelector("[data-shots]").append(item);
    return item;
  };
  const reveal = (item, photo) => photos.thumb(photo).then((picture) => item.prepend(picture)).catch(() => {});
  const shoot = async (line, control) => {
    const [file] = control.files;
    control.value = "";
    if (!file || most(line)) return;
    let photo;
    try {
      photo = await photos.take(file, now.id);
    } catch {
      return tell(words.photo_bad, true);
    }
    try {
      await photos.keep(photo);
    } catch {
      return tell(words.photo_full, true);
    }
    const item = shot(line, [photo.id, photo.sha256, photo.taken].join(":"));
    saved({ ready: false, refused: undefined });
    await reveal(item, photo);
  };
  const unpack = () => {
    for (const [name, value] of now.fields) {
      const line = name.startsWith("photo.") && form.querySelector(`[data-line="${CSS.escape(name.slice(6))}"]`);
      if (!line) continue;
      const item = shot(line, value);
      photos.find(value.split(":")[0]).then((photo) => photo && reveal(item, photo));
    }
  };
  const restore = () => {
    unpack();
    for (const [name, value] of now.fields) {
      for (const control of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (control.type === "radio" || control.type === "checkbox") control.checked ||= control.value === value;
        else control.value = value;
      }
    }
  };
  const count = () => {
    const all = form.querySelectorAll("[data-line]");
    const n = form.querySelectorAll(".mark input:checked").length;
    form.querySelector("[data-count]").textContent = fill(words.looked, { n, of: all.length });
    const taken = form.querySelectorAll("[data-shots] li").length;
    form.querySelector("[data-count-photos]").textContent = taken ? fill(words.photos, { n: taken }) : "";
    for (const line of all) line.querySelector(".shot")?.toggleAttribute("hidden", !photos.able || most(line));
    form.querySelector("[data-badge]").hidden = !now.ready;
  };
  const saved = (more = {}) => {
    const minutes = String(Math.round((Date.now() - now.begun) / 60000));
    form.elements.minutes.value ||= minutes;
    now = { ...now, ...more, fields: [...new FormData(form)] };
    keep(now);
    count();
  };
  const people = (name) => about(now, name).split(/[\s,，、;；]+/).filter(Boolean);
  const who = root.querySelector("[data-who]");
  const turn = () => {
    if (!who) return;
    const observing = people("observers").includes(who.value);
    form.classList.toggle("observing", observing);
  };
  const meet = () => {
    if (!who) return;
    const all = [...people("officers"), ...people("observers")];
    who.replaceChildren(...all.map((name) => new Option(name, name, false, name === now.user)));
    root.querySelector("[data-who-field]").hidden = all.length < 2;
    turn();
  };
  const mend = () => { const about = root.querySelector("[data-mend]"); if (about) about.open = true; };
  const outcome = (sent) => {
    now = find(now.id) ?? now;
    if (now.held && sent.how !== "sent" && sent.how !== "signed_out") return hide();
    if (sent.how === "sent") {
      if (sent.inspection) return location.assign(`/enforcement/inspections/${sent.inspection}?done=held`);
      form.hidden = true;
      return tell(sent.requests.length ? words.thanks : words.nothing);
    }
    if (sent.how === "refused") {
      mend();
      tell(words.refused, true, now.refused);
    } else if (sent.how === "signed_out") tell(words.sign_in, true);
    else if (sent.how === "other") tell(fill(words.other, { user: now.user }), true);
    else tell(words.offline);
    count();
    return null;
  };
  const submit = async () => {
    if (busy) return;
    busy = true;
    form.querySelector("[data-send]").disabled = true;
    tell(words.sending);
    outcome(await send(now));
    form.querySelector("[data-send]").disabled = false;
    busy = false;
  };
  const walk = () => {
    now = begin();
    if (!now) {
      form.hidden = true;
      return tell(words.lost);
    }
    if (now.page !== location.pathname + location.search) keep(now = { ...now, page: location.pathname + location.search });
    restore();
    meet();
    if (now.held) hide();
    root.ownerDocument.querySelector("[data-about]").textContent = about(now, "enterprise");
    if (now.refused && !now.held) {
      mend();
      tell(words.refused, true, now.refused);
    }
    count();
    form.addEventListener("change", (event) => {
      if (event.target === who) return turn();
      const line = event.target.closest("[data-line]");
      if (event.target.matches("[data-shoot]")) return shoot(line, event.target);
      if (!line) {
        saved({ ready: false, refused: undefined });
        return meet();
      }
      if (event.target.type === "radio") form.elements[`by.${line.dataset.line}`].value = who?.value || now.user;
      return saved({ ready: false, refused: undefined });
    });
    form.addEventListener("input", (event) => {
      if (!event.target.matches("[data-shoot]")) saved({ ready: false, refused: undefined });
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      form.elements.minutes.value = "";
      saved({ ready: true, refused: undefined });
      submit();
    });
    document.querySelector("[data-language]").addEventListener("change", (event) => {
      location.assign(`${event.target.value}#${now.id}`);
    });
    return null;
  };

  // ---- whenever there may be a network: send what is ready ----

  const flush = async () => {
    if (form) {
      if (now?.ready) await submit();
      return;
    }
    for (const draft of drafts().filter((one) => one.ready)) {
      const sent = await send(draft);
      if (sent.how === "sent") list.dataset.sent = words.sent;
      if (sent.how === "signed_out") list.dataset.sent = words.sign_in;
      show();
      if (sent.how === "kept") break;
    }
  };

  // A browser that says it is online may lead nowhere, and some never say it: so the page asks, too.
  const AGAIN_MS = 5000;
  const again = async () => {
    if (form ? !now?.ready : !drafts().some((one) => one.ready)) return;
    const answer = await fetch("/enforcement/visit/me", { headers: JSON_ONLY, cache: "no-store" }).catch(() => null);
    if (answer?.ok && !answer.redirected) await flush();
  };

  // ---- the phone keeps the page of a walk, so that it opens without a network ----

  const shelve = async () => {
    if (!("serviceWorker" in navigator)) return;
    await navigator.serviceWorker.register("/enforcement/visit-worker.js", { scope: "/enforcement/visit" });
    await navigator.serviceWorker.ready;
    if (!form || !navigator.onLine) return;
    const parts = document.querySelectorAll("script[src], link[rel=stylesheet], link[rel=icon]");
    const urls = [...parts].map((part) => part.src || part.href);
    const room = await caches.open("lianzhi-visit");
    await room.addAll([location.pathname + location.search, ...urls]);
    root.dataset.shelved = "yes";
  };

  if (form) walk();
  else show();
  addEventListener("online", flush);
  setInterval(again, AGAIN_MS);
  flush();
  shelve().catch(() => {});
})();
