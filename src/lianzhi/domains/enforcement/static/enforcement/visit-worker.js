// Opens the walk without a network: its page and the static files of it, as they were when they were
// last had. Nothing else is kept; whom a visit is about never comes to this script.
"use strict";

const ROOM = "lianzhi-visit";
const kept = (url) => url.pathname === "/enforcement/visit/walk" || url.pathname.startsWith("/static/");

// A static file has its version behind `?`: one version is kept, and stands in for the others.
const loose = (request) => ({ ignoreVary: true, ignoreSearch: request.url.includes("/static/") });

const keep = async (request, answer) => {
  const room = await caches.open(ROOM);
  for (const old of await room.keys(request, loose(request))) await room.delete(old, { ignoreVary: true });
  await room.put(request, answer);
};

const fresh = async (request) => {
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await keep(request, answer.clone());
    return answer;
  } catch (lost) {
    const old = await (await caches.open(ROOM)).match(request, loose(request));
    if (old) return old;
    throw lost;
  }
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method === "GET" && url.origin === location.origin && kept(url)) {
    event.respondWith(fresh(event.request));
  }
});
