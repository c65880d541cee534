// Reads a feed from standard input with podcast-partytime and prints what it understood as JSON.
const { parseFeed } = require("podcast-partytime");

let xml = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (piece) => (xml += piece));
process.stdin.on("end", () => {
  const feed = parseFeed(xml, { allowMissingGuid: false });
  process.stdout.write(JSON.stringify(feed));
});
