// What the messaging actors need from outside: somewhere to publish.

export interface MessagingServices {
  readonly publications: {
    /** To all who have subscribed to a beginning of it; one frame of text. */
    send(text: string): void;
  };
}
