'use strict';

/** `grant-voucher` as a type: `GrantVoucher`. */
function pascalCase(kebab) {
  return kebab
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** `grant-voucher` as a function: `grantVoucher`. */
function camelCase(kebab) {
  const name = pascalCase(kebab);
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** `grant` as `granted`. Irregular verbs are given by the caller with the event's name. */
function pastOf(verb) {
  if (verb.endsWith('e')) return `${verb}d`;
  if (/[^aeiou]y$/.test(verb)) return `${verb.slice(0, -1)}ied`;
  return `${verb}ed`;
}

module.exports = { camelCase, pascalCase, pastOf };
