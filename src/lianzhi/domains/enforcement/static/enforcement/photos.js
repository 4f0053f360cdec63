// Photos of a visit on the phone: made small, hashed, and kept in IndexedDB beside the draft until the
// server has acknowledged them. What the camera wrote into them (place, device) goes as they are drawn anew.
"use strict";

window.visitPhotos = (() => {
  const SIDE = 1600; // px
  const THUMB = 160; // px
  const able = Boolean(window.isSecureContext && window.indexedDB && window.crypto?.subtle);
  const wait = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

  let opened = null;
  const open = () => {
    opened ??= (() => {
      const request = indexedDB.open("lianzhi-visit", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("photos", { keyPath: "id" }).createIndex("draft", "draft");
      return wait(request);
    })();
    opened.catch(() => { opened = null; });
    return opened;
  };
  const store = async (mode) => (await open()).transaction("photos", mode).objectStore("photos");

  const draw = (picture, side) => {
    const scale = Math.min(1, side / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas;
  };

  // A photo as it is kept and sent: `{id, draft, bytes, sha256, taken}`. Throws for what is no picture.
  const take = async (file, draft) => {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const small = await new Promise((done) => draw(picture, SIDE).toBlob(done, "image/jpeg", 0.85));
    picture.close();
    const bytes = await small.arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return { id: crypto.randomUUID(), draft, bytes, sha256, taken: Date.now() };
  };
  // Resolves once it is on the disk; throws where there is no room.
  const keep = async (photo) => {
    const room = await store("readwrite");
    const whole = new Promise((done, failed) => {
      room.transaction.oncomplete = done;
      room.transaction.onabort = () => failed(room.transaction.error);
    });
    room.put(photo);
    await whole;
  };
  const find = async (id) => (able ? wait((await store("readonly")).get(id)) : undefined);
  const of = async (draft) => (able ? wait((await store("readonly")).index("draft").getAll(draft)) : []);
  const drop = async (id) => { await wait((await store("readwrite")).delete(id)); };
  const forget = async (draft) => { for (const one of await of(draft)) await drop(one.id); };
  const thumb = async (photo) => draw(await createImageBitmap(new Blob([photo.bytes])), THUMB);

  return { able, take, keep, find, of, drop, forget, thumb };
})();
