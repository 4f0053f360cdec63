// The tools from npm, measured as `tools.py` measures those from PyPI: `node filters.cjs NAME JOB`.
"use strict";
const fs = require("node:fs");

const TOOLS = {
  "mint-filter": (module, patterns) => {
    const mint = new module.Mint(patterns);
    return (text) => mint.filter(text, { replace: false }).words.length > 0;
  },
  // Its own words are not added: all tools look for the same.
  "sensitive-word-tool": (module, patterns) => {
    const tool = new module.SensitiveWordTool({ wordList: patterns });
    return (text) => tool.match(text).length > 0;
  },
};

const seconds = (since) => Number(process.hrtime.bigint() - since) / 1e9;

const [name, path] = process.argv.slice(2);
const job = JSON.parse(fs.readFileSync(path, "utf-8"));
const module_ = require(name);
global.gc();
const before = process.memoryUsage.rss();
const start = process.hrtime.bigint();
const find = TOOLS[name](module_, job.patterns);
const build = seconds(start);
global.gc();
const memory = process.memoryUsage.rss() - before;
const found = job.texts.map(find);
const took = [];
for (let round = 0; round < job.rounds; round += 1) {
  const begin = process.hrtime.bigint();
  job.texts.forEach(find);
  took.push(seconds(begin));
}
took.sort((a, b) => a - b);
const { version } = require(`${name}/package.json`);
const median = took.length ? took[took.length >> 1] : 0;
process.stdout.write(JSON.stringify({ version, build, memory, seconds: median, found }));
