package io.millrace.server;

import io.millrace.cluster.CatalogCell;
import io.millrace.cluster.metadata.MetadataImage;

/// The current image, set by the metadata loop and read by every thread.
final class PublishedCatalog implements CatalogCell {
    private volatile MetadataImage image;

    PublishedCatalog(MetadataImage image) {
        this.image = image;
    }

    @Override
    public MetadataImage get() {
        return image;
    }

    @Override
    public void set(MetadataImage next) {
        image = next;
    }
}
