/** So many seconds, as the language of the page says it: with its own plural. */
export function seconds(count) {
  const said = { style: "unit", unit: "second", unitDisplay: "long" };
  return new Intl.NumberFormat(document.documentElement.lang, said).format(count);
}
