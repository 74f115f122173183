// All actor types of the messaging services, made with what they need from outside.
import { Channel, UserMailbox } from "./feed.ts";
import { createChannelDirectory, createUserDirectory } from "./name-directory.ts";
import { createPublications } from "./publications.ts";
import type { MessagingServices } from "./services.ts";

export function createMessagingTypes(services: MessagingServices) {
  return {
    userDirectory: createUserDirectory(),
    channelDirectory: createChannelDirectory(),
    channel: Channel,
    userMailbox: UserMailbox,
    publications: createPublications(services),
  };
}
