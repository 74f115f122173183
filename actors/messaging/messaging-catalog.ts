// All actor types of the messaging services, made with what they need from outside.
import { createChannel, createUserMailbox, type FeedClock } from "./feed.ts";
import { createChannelDirectory, createUserDirectory } from "./name-directory.ts";
import { createPublications } from "./publications.ts";
import type { MessagingServices } from "./services.ts";

export function createMessagingTypes(services: MessagingServices, clock: FeedClock) {
  return {
    userDirectory: createUserDirectory(),
    channelDirectory: createChannelDirectory(),
    channel: createChannel(clock),
    userMailbox: createUserMailbox(clock),
    publications: createPublications(services),
  };
}
