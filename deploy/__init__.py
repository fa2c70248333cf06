"""What runs refund-sentinel: brokers for development, images, charts, rules and documents."""
