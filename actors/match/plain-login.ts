// Passwords over a WebSocket without TLS: allowed, warned of, or refused, as the setting for text commands says.
import { isEncrypted } from "../accounts/password-transport.ts";
import type { Caller } from "./match-command.ts";
import { joinFields } from "./message-fields.ts";

const WITH_PASSWORD = /^(?:adduser|login|passwd);/;

/** Whether account commands are obeyed where `text` came; warns him whose password was readable on its way. */
export function takesPasswords({ session: me, services, say }: Caller, text: string): boolean {
  if (isEncrypted(me.connection.transport, services)) return true;
  if (services.plainLogin === "warn" && WITH_PASSWORD.test(text)) void say(joinFields("warning", "plain_login"));
  return services.plainLogin !== "refuse";
}
