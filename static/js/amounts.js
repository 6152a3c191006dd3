// Amounts as people write and paste them: thousand won, won with its sign or word, 억 and 만, full-width digits.
"use strict";

const UNITS = { 조: 1e12, 억: 1e8, 만: 1e4, 천: 1e3 };

export const reading = (won) => {
  if (won === 0) return "0원";
  const parts = [];
  let rest = Math.abs(won);
  for (const [unit, name] of [[1e12, "조"], [1e8, "억"], [1e4, "만"]]) {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    if (count) parts.push(count.toLocaleString("ko-KR") + name);
  }
  if (rest) parts.push(rest.toLocaleString("ko-KR"));
  return `${won < 0 ? "△" : ""}${parts.join(" ")} 원`;
};

export const plain = (text) => text.normalize("NFKC").replace(/\s/g, "");

const digits = (text) => (/^(\d{1,3}(,\d{3})*|\d+)$/.test(text) ? Number(text.replace(/,/g, "")) : null);

// "4억5,350만" -> 453500000; null when the text is no such numeral in falling order.
const mixed = (text) => {
  if (!/[조억만천]/.test(text)) return null;
  let [total, pending, last, rest] = [0, 0, Infinity, text];
  while (rest) {
    const found = /^(\d[\d,]*)([조억만천]?)/.exec(rest);
    if (!found) return null;
    const [whole, count, name] = found;
    rest = rest.slice(whole.length);
    const unit = UNITS[name] ?? 1;
    if (unit === 1e3) pending += digits(count) * unit;
    else if (unit >= last) return null;
    else [total, pending, last] = [total + (pending + digits(count)) * unit, 0, unit];
  }
  return total + pending;
};

// {won} or {why}: "negative", "odd" (not whole thousands) or "number". A bare number counts in ``unit`` won.
export const readAmount = (text, unit = 1000) => {
  let rest = plain(text);
  if (/^[-−△▲(]/.test(rest)) return { why: "negative" };
  const inThousands = rest.endsWith("천원");
  const inWon = !inThousands && /[₩\\]|원$/.test(rest);
  rest = rest.replace(/^[₩\\]/, "").replace(/천원$/, "").replace(/원$/, "").replace(/\.0+$/, "");
  const named = mixed(rest);
  const bare = digits(rest);
  const won = named ?? (bare === null ? null : bare * (inThousands ? 1000 : inWon ? 1 : unit));
  if (won === null || !Number.isSafeInteger(won)) return { why: "number" };
  return won % 1000 ? { why: "odd" } : { won };
};
