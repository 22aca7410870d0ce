package io.millrace.cluster;

import io.millrace.broker.catalog.Catalog;
import io.millrace.cluster.metadata.CatalogDelta;

/// Hears of every change of what exists, in order, inside the metadata loop; a change's replies go out after it was
/// heard. Must not block: hand off to other loops.
@FunctionalInterface
public interface CatalogListener {
    /// @param after already the current one
    /// @param delta what differs; the first call has everything as created
    void onChange(Catalog before, Catalog after, CatalogDelta delta);
}
