// The chat page: rooms, what is said there, and who is in them.

import { startPage } from "../lib/start-page.tsx";
import { ChatPage } from "./chat-page.tsx";
import { startChat } from "./store.ts";

startPage(<ChatPage store={startChat()} />);
