// The last thing that a page for people has to say, until it is closed.

export interface NoticeLineParts {
  readonly notice: { readonly tone: "good" | "warn" | "bad"; readonly text: string } | undefined;
  readonly close: () => void;
}

export function NoticeLine({ notice, close }: NoticeLineParts) {
  if (notice === undefined) return null;
  return (
    <p class={`notice ${notice.tone}`}>
      {notice.text}{" "}
      <button type="button" class="quiet small" onClick={close}>
        Fechar
      </button>
    </p>
  );
}
