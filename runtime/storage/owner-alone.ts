// Who may look into folders that are made for data: what people say to each other and hashes of passwords are in there.

/** Mode of a new folder: nobody but its owner enters it. */
export const OWNER_ALONE = 0o700;
