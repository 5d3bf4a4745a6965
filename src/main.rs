//! The program `soleus`.

fn main() {}
