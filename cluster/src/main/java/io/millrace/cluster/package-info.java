/// Metadata log and image, controller decisions, replication.
@NullMarked
package io.millrace.cluster;

import org.jspecify.annotations.NullMarked;
