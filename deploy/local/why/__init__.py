"""Why things are as they are on the running stack: the recorded story of a work item, as a table.

`make why ARGS="<work item, conversation or reservation>"` reads the decision log of what `make up`
started; with `--not-agent x` it also asks the router's API why agent x hasn't got the item.
"""
