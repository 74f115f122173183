// A dialog of the browser's own: it keeps the focus inside, Escape closes it, and the focus goes back afterwards.

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

export interface DialogParts {
  readonly title: string;
  readonly isOpen: boolean;
  /** Also when Escape has closed it. */
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** What is in it exists only while it is open, so that nothing typed stays. */
export function Dialog({ title, isOpen, onClose, children }: DialogParts) {
  const place = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    if (isOpen) place.current?.showModal();
    else place.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={place} aria-labelledby={titleId} onClose={onClose}>
      <h2 id={titleId}>{title}</h2>
      {isOpen && children}
    </dialog>
  );
}
