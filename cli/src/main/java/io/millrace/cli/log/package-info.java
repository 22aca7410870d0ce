/// `millrace log`: looks into the folders of partitions, offline.
@NullMarked
package io.millrace.cli.log;

import org.jspecify.annotations.NullMarked;
