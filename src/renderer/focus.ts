/** Where somebody is led to has the focus, so that keys and screen readers go on from there; Tab does not stop at it. */
export function focusOn(element: HTMLElement | null | undefined): void {
  if (element === null || element === undefined) return;
  if (element.tabIndex < 0) element.tabIndex = -1;
  element.focus();
}
