package io.millrace.broker.catalog;

/// The port that hands out the newest [Catalog] this node has applied. May be called from any thread, costs nothing.
public interface CatalogSource {
    Catalog current();
}
