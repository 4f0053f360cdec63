// What stands behind `#` in an address reaches no server, so it would be lost on the way through the
// sign-in: it waits in this tab for the page that the sign-in leads to.
"use strict";

if (location.hash) sessionStorage.setItem("lianzhi.behind", location.hash);
