/// The threads: event loops that own state, and disk loops that write and sync for them.
@NullMarked
package io.millrace.server.loop;

import org.jspecify.annotations.NullMarked;
