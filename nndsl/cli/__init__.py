"""The command line: one small file a verb, imported only when the verb is called."""
