/// Nodes among themselves: links to others, the listener others connect to, and finding each other at the first start.
@NullMarked
package io.millrace.server.peer;

import org.jspecify.annotations.NullMarked;
