//! The program `soleus`: see [`soleus::cli`].

fn main() -> std::process::ExitCode {
    soleus::cli::main()
}
