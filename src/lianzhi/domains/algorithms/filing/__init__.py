"""Filing of algorithms 算法备案: who has to do what until when."""
