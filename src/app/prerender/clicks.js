// Records a click on the prerendered list that only the program can handle. The program repeats it after the hand-over
// (hand_over.rs).

addEventListener('click', (event) => {
  const control = event.target.closest('#prerendered :is(a, button, input)');
  const opensElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  const isNative = !control || control.type === 'search' || control.hash || control.popoverTargetElement;
  if (isNative || opensElsewhere || event.defaultPrevented || document.documentElement.dataset.program === 'off')
    return;
  if (control.type !== 'checkbox') event.preventDefault();
  delete document.querySelector('[data-clicked]')?.dataset.clicked;
  control.dataset.clicked = '';
});
