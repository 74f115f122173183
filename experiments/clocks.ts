// EOF placeholder
