from customers.models.customer import Customer, Handle, Tag
from customers.models.seller import Seller

__all__ = ["Customer", "Handle", "Seller", "Tag"]
