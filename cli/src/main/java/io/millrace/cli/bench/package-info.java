/// `millrace bench`: a load generator with the real client, for a look at a node and not for records.
@NullMarked
package io.millrace.cli.bench;

import org.jspecify.annotations.NullMarked;
