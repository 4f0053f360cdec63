// A place on the map of a form: a click fills in longitude and latitude, typing them moves the pin.
"use strict";

(() => {
  const map = document.querySelector("svg[data-place]");
  const [lon, lat] = ["lon", "lat"].map((id) => document.getElementById(id));
  if (!map || !lon || !lat) return;
  const [west, north, east, south] = map.dataset.place.split(" ").map(Number);
  const pin = map.querySelector(".pin");
  const { width, height } = map.viewBox.baseVal;

  const show = () => {
    const x = ((Number(lon.value) - west) / (east - west)) * width;
    const y = ((north - Number(lat.value)) / (north - south)) * height;
    const there = lon.value !== "" && lat.value !== "" && x >= 0 && x <= width && y >= 0 && y <= height;
    pin.setAttribute("visibility", there ? "visible" : "hidden");
    if (there) pin.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
  };

  map.addEventListener("click", (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
    lon.value = (west + (at.x / width) * (east - west)).toFixed(5);
    lat.value = (north - (at.y / height) * (north - south)).toFixed(5);
    show();
  });
  for (const field of [lon, lat]) field.addEventListener("input", show);
  show();
})();
